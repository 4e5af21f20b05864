"""What a campaign is before it is sent: its text, its pace, what it costs. Pure: no network, no disk."""
