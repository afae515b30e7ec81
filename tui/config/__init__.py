"""What the user decided: accounts, keys, look; where files live; how secrets are obtained."""
