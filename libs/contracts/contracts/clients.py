"""What plays a video, in few names: who writes them and who counts them agree here, whatever a client says of itself.

Consumers take any other name for OTHER; a name that is not told at all is none.
"""

OTHER = "other"
PLAYERS = ("mux-player", "mux-video", "video", "hls.js", "dash.js", "shaka-player", "video.js", "plyr", "vidstack")
"""Players by the name of their element or their library; `video` is the browser's own."""
BROWSERS = ("chrome", "edge", "firefox", "opera", "safari", "samsung")
"""Families of browsers, on whatever device; what an app shows a page in counts as the browser that it is made of."""
