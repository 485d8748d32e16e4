// The checksum that every block on disk carries. In C for the instruction that makes it.
#pragma once
#include <stddef.h>
#include <stdint.h>

// CRC32C (Castagnoli) of more bytes behind those of an earlier sum; of the first, behind 0.
uint32_t ccrc_32c(uint32_t before, const void *bytes, size_t count);

// The same by tables alone, for processors without the instruction.
uint32_t ccrc_32c_by_tables(uint32_t before, const void *bytes, size_t count);
