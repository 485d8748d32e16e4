import CProtos

/// An attribute as protobuf-c has it.
package struct OracleAttribute: Equatable, Sendable {
    package let key: String
    package let value: OracleValue?

    init(_ pair: Opentelemetry__Proto__Common__V1__KeyValue) {
        key = unsafe text(pair.key)
        value = unsafe pair.value.flatMap { unsafe OracleValue($0.pointee) }
    }
}

/// A value that is a single text or number; numbers are told by their bits.
package enum OracleValue: Hashable, Sendable {
    case text(String)
    case boolean(Bool)
    case integer(Int64)
    case double(UInt64)

    fileprivate init?(_ value: Opentelemetry__Proto__Common__V1__AnyValue) {
        switch unsafe value.value_case {
        case OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_STRING_VALUE:
            self = unsafe .text(Oracle.text(value.string_value))
        case OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_BOOL_VALUE:
            self = unsafe .boolean(value.bool_value != 0)
        case OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_INT_VALUE:
            self = unsafe .integer(value.int_value)
        case OPENTELEMETRY__PROTO__COMMON__V1__ANY_VALUE__VALUE_DOUBLE_VALUE:
            self = unsafe .double(value.double_value.bitPattern)
        default: return nil
        }
    }
}
