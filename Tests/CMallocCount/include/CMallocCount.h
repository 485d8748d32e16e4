#pragma once

// How many blocks the program has asked for, by whatever library, since it started.
unsigned long malloc_count(void);
