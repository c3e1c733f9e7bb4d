"""The kit every room is built from. Rooms import from `pages._shared.kit`."""
