-- Runs once, when the volume is empty: Prefect keeps its runs apart from our records.
CREATE DATABASE prefect;
