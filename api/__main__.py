"""`python -m api`: the command, where `c360` is not installed on the path."""

from api.cli import main

if __name__ == "__main__":
    main()
