#include "CCRC.h"
#include <string.h>

// Bits are taken lowest first, so that the polynomial 0x1EDC6F41 stands reversed.
enum { reversed_polynomial = 0x82F63B78 };

// tables[n][b]: what the byte b does to the sum when n more bytes follow it.
static uint32_t tables[8][256];

// Runs before main, so that no thread ever sees half a table.
__attribute__((constructor)) static void fill_tables(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t sum = byte;
        for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (sum & 1 ? reversed_polynomial : 0);
        tables[0][byte] = sum;
    }
    for (int more = 1; more < 8; more++)
        for (int byte = 0; byte < 256; byte++) {
            uint32_t sum = tables[more - 1][byte];
            tables[more][byte] = sum >> 8 ^ tables[0][sum & 0xff];
        }
}

static uint64_t word_at(const unsigned char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

uint32_t ccrc_32c_by_tables(uint32_t before, const void *bytes, size_t count) {
    const unsigned char *at = bytes;
    uint32_t sum = ~before;
    for (; count >= 8; count -= 8, at += 8) {
        uint64_t word = word_at(at) ^ sum;
        sum = 0;
        for (int place = 0; place < 8; place++) sum ^= tables[7 - place][word >> 8 * place & 0xff];
    }
    for (; count; count--) sum = sum >> 8 ^ tables[0][(sum ^ *at++) & 0xff];
    return ~sum;
}

#ifdef __x86_64__
#include <cpuid.h>

static int has_instruction;

__attribute__((constructor)) static void look_for_instruction(void) {
    unsigned a, b, c = 0, d;
    has_instruction = __get_cpuid(1, &a, &b, &c, &d) && c & bit_SSE4_2;
}

__attribute__((target("sse4.2")))
static uint32_t by_instruction(uint32_t before, const void *bytes, size_t count) {
    const unsigned char *at = bytes;
    uint64_t sum = ~before;
    for (; count >= 8; count -= 8, at += 8) sum = __builtin_ia32_crc32di(sum, word_at(at));
    for (; count; count--) sum = __builtin_ia32_crc32qi((uint32_t)sum, *at++);
    return ~(uint32_t)sum;
}

uint32_t ccrc_32c(uint32_t before, const void *bytes, size_t count) {
    return has_instruction ? by_instruction(before, bytes, count)
                           : ccrc_32c_by_tables(before, bytes, count);
}
#else
uint32_t ccrc_32c(uint32_t before, const void *bytes, size_t count) {
    return ccrc_32c_by_tables(before, bytes, count);
}
#endif
