"""`seatime-migrate`: a person moves a school's videos from S3 to Mux, sees how it goes, and can take it back."""
