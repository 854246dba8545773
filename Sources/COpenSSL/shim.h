/*
 * The only place that knows how libcrypto lays out a hash context.
 *
 * A digest chain needs the eight state words of SHA-2 between two blocks. OpenSSL 3 has them only in the low-level contexts,
 * which it calls deprecated but keeps in every 3.x release; the EVP interface hides them.
 */
#ifndef SHOAL_COPENSSL_SHIM_H
#define SHOAL_COPENSSL_SHIM_H

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Either context, so that Swift can hold one by value without knowing which. */
typedef struct shoal_hash {
    union {
        SHA256_CTX sha256;
        SHA512_CTX sha512;
    } context;
    uint8_t is_sha512;
} shoal_hash;

static inline void shoal_hash_init(shoal_hash *hash, int is_sha512) {
    memset(hash, 0, sizeof *hash);
    hash->is_sha512 = is_sha512 ? 1 : 0;
    if (is_sha512) {
        SHA512_Init(&hash->context.sha512);
    } else {
        SHA256_Init(&hash->context.sha256);
    }
}

/*
 * Continues after `bytes` bytes (a multiple of the block, below 2^61) that led to `state`: eight words, most significant byte first
 * (FIPS 180-4, section 3.1), so 32 bytes for SHA-256 and 64 for SHA-512.
 */
static inline void shoal_hash_resume(shoal_hash *hash, int is_sha512, const uint8_t *state, uint64_t bytes) {
    shoal_hash_init(hash, is_sha512);
    for (int word = 0; word < 8; word++) {
        if (is_sha512) {
            uint64_t value = 0;
            for (int byte = 0; byte < 8; byte++) value = value << 8 | state[word * 8 + byte];
            hash->context.sha512.h[word] = value;
        } else {
            uint32_t value = 0;
            for (int byte = 0; byte < 4; byte++) value = value << 8 | state[word * 4 + byte];
            hash->context.sha256.h[word] = value;
        }
    }
    /* Both contexts count bits, in two words: of 32 bits for SHA-256, of 64 for SHA-512. */
    if (is_sha512) {
        hash->context.sha512.Nl = bytes << 3;
        hash->context.sha512.Nh = bytes >> 61;
    } else {
        hash->context.sha256.Nl = (SHA_LONG)(bytes << 3);
        hash->context.sha256.Nh = (SHA_LONG)(bytes >> 29);
    }
}

static inline void shoal_hash_update(shoal_hash *hash, const void *bytes, size_t count) {
    if (hash->is_sha512) {
        SHA512_Update(&hash->context.sha512, bytes, count);
    } else {
        SHA256_Update(&hash->context.sha256, bytes, count);
    }
}

/* Bytes since the last block boundary, which no state word tells of yet. */
static inline unsigned int shoal_hash_pending(const shoal_hash *hash) {
    return hash->is_sha512 ? hash->context.sha512.num : hash->context.sha256.num;
}

/* Writes the state, 32 or 64 bytes; it says everything only while no bytes are pending. */
static inline void shoal_hash_export(const shoal_hash *hash, uint8_t *state) {
    for (int word = 0; word < 8; word++) {
        if (hash->is_sha512) {
            for (int byte = 0; byte < 8; byte++) state[word * 8 + byte] = (uint8_t)(hash->context.sha512.h[word] >> (56 - byte * 8));
        } else {
            for (int byte = 0; byte < 4; byte++) state[word * 4 + byte] = (uint8_t)(hash->context.sha256.h[word] >> (24 - byte * 8));
        }
    }
}

/* Writes the digest, 32 or 64 bytes; the context is spent. */
static inline void shoal_hash_final(shoal_hash *hash, uint8_t *digest) {
    if (hash->is_sha512) {
        SHA512_Final(digest, &hash->context.sha512);
    } else {
        SHA256_Final(digest, &hash->context.sha256);
    }
}

#endif
