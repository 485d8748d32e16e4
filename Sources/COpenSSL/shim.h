#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

// Function-like macros, which Swift cannot call.
static inline int copenssl_min_tls12(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}
static inline void copenssl_partial_writes(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                  | SSL_MODE_RELEASE_BUFFERS);
}

// The first DNS name that a certificate is for; OpenSSL's lists are macros. False when it has none
// that fits the buffer.
static inline int copenssl_dns_name(X509 *certificate, char *name, size_t size) {
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int found = 0;
    for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *entry = sk_GENERAL_NAME_value(names, i);
        if (entry->type != GEN_DNS) continue;
        size_t length = (size_t)ASN1_STRING_length(entry->d.dNSName);
        if (length >= size) continue;
        memcpy(name, ASN1_STRING_get0_data(entry->d.dNSName), length);
        name[length] = 0;
        found = 1;
    }
    sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
    return found;
}
