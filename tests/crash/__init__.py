"""Never lost, never doubled: the engine in processes of its own, killed at any moment, beside real servers."""
