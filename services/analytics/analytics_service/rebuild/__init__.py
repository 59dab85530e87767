"""`seatime-analytics rebuild`: read models made anew from the log beside the old ones, which serve meanwhile."""
