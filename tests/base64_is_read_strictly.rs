//! Base64 is written and read as another implementation does it.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode::{Indifferent, RequireCanonical};
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use porthole::model::base64::{decode, decode_unpadded, encode};
use proptest::prelude::*;

const STRICT: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(RequireCanonical));
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(Indifferent));

proptest! {
    #[test]
    fn bytes_are_written_and_read_again(bytes: Vec<u8>) {
        let text = encode(&bytes);
        prop_assert_eq!(&text, &STRICT.encode(&bytes));
        prop_assert_eq!(decode_unpadded(text.trim_end_matches('=')), Some(bytes.clone()));
        prop_assert_eq!(decode(&text), Some(bytes));
    }

    #[test]
    fn any_text_is_judged_alike(text in "[A-Da/+Q=]{0,9}|.{0,8}") {
        prop_assert_eq!(decode(&text), STRICT.decode(&text).ok());
        prop_assert_eq!(decode_unpadded(&text), LENIENT.decode(&text).ok());
    }
}
