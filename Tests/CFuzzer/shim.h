#include <stddef.h>
#include <stdint.h>

// libFuzzer's driver, for programs with a main function of their own; no header declares it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*take)(const uint8_t *data, size_t count));
