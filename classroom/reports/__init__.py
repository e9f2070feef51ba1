"""What a teacher and a class read after a run: tables, pages, and files for other programs."""
