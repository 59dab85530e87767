"""The services' HTTP surface as committed documents: clients are generated from them, releases are compared by them."""
