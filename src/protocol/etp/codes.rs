//! The names of error codes: v1.1 by ETP-000-184, v1.2 as its implementations have them. On the wire there are the number
//! and the server's own words.

use super::version::Version;

/// The name of a code.
pub fn name(version: Version, code: i32) -> Option<&'static str> {
    if code == 6 {
        return Some(match version {
            Version::V11 => "EPERMISSION_DENIED",
            Version::V12 => "EREQUEST_DENIED",
        });
    }
    NAMES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

const NAMES: [(i32, &str); 36] = [
    (1, "ENOROLE"),
    (2, "ENOSUPPORTEDPROTOCOLS"),
    (3, "EINVALID_MESSAGETYPE"),
    (4, "EUNSUPPORTED_PROTOCOL"),
    (5, "EINVALID_ARGUMENT"),
    (7, "ENOTSUPPORTED"),
    (8, "EINVALID_STATE"),
    (9, "EINVALID_URI"),
    (10, "EEXPIRED_TOKEN"),
    (11, "ENOT_FOUND"),
    (12, "ELIMIT_EXCEEDED"),
    (13, "ECOMPRESSION_NOTSUPPORTED"),
    (14, "EINVALID_OBJECT"),
    (15, "EMAX_TRANSACTIONS_EXCEEDED"),
    (16, "ECONTENT_TYPE_NOTSUPPORTED"),
    (17, "EMAXSIZE_EXCEEDED"),
    (18, "EMULTIPART_CANCELLED"),
    (19, "EINVALID_MESSAGE"),
    (20, "EINVALID_INDEXKIND"),
    (21, "ENOSUPPORTEDFORMATS"),
    (22, "EREQUESTUUID_REJECTED"),
    (23, "EUPDATEGROWINGOBJECT_DENIED"),
    (24, "EBACKPRESSURE_LIMIT_EXCEEDED"),
    (25, "EBACKPRESSURE_WARNING"),
    (26, "ETIMED_OUT"),
    (27, "EAUTHORIZATION_REQUIRED"),
    (28, "EAUTHORIZATION_EXPIRING"),
    (29, "ENOSUPPORTEDDATAOBJECTTYPES"),
    (30, "ERESPONSECOUNT_EXCEEDED"),
    (31, "EINVALID_APPEND"),
    (32, "EINVALID_OPERATION"),
    (1002, "EINVALID_CHANNELID"),
    (3001, "EUNSUPPORTED_OBJECT"),
    (4001, "EUNSUPPORTED_OBJECT"),
    (5001, "ERETENTION_PERIOD_EXCEEDED"),
    (6001, "ENOTGROWINGOBJECT"),
];
