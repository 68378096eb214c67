"""Mail: how it is written, and how it is sent by SMTP or put into a folder."""
