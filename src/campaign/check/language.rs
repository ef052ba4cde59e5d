//! The language codes that Meta knows.

use crate::problem::nearest;

/// From <https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/supported-languages>,
/// as of 4 November 2025; sorted.
#[rustfmt::skip]
pub(in crate::campaign) const CODES: &[&str] = &[
    "af", "ar", "ar_AE", "ar_EG", "ar_LB", "ar_MA", "ar_QA", "az", "be_BY", "bg", "bn", "bn_IN", "ca", "cs",
    "da", "de", "de_AT", "de_CH", "el", "en", "en_AE", "en_AU", "en_CA", "en_GB", "en_GH", "en_IE", "en_IN",
    "en_JM", "en_MY", "en_NZ", "en_QA", "en_SG", "en_UG", "en_US", "en_ZA", "es", "es_AR", "es_CL", "es_CO",
    "es_CR", "es_DO", "es_EC", "es_ES", "es_HN", "es_MX", "es_PA", "es_PE", "es_UY", "et", "fa", "fi", "fil",
    "fr", "fr_BE", "fr_CA", "fr_CH", "fr_CI", "fr_MA", "ga", "gu", "ha", "he", "hi", "hr", "hu", "id", "it",
    "ja", "ka", "kk", "kn", "ko", "ky_KG", "lo", "lt", "lv", "mk", "ml", "mr", "ms", "nb", "nl", "nl_BE", "pa",
    "pl", "prs_AF", "ps_AF", "pt_BR", "pt_PT", "ro", "ru", "rw_RW", "si_LK", "sk", "sl", "sq", "sr", "sv", "sw",
    "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "zh_CN", "zh_HK", "zh_TW", "zu",
];

/// Whether Meta knows the code, spelt exactly so.
pub(super) fn is_known(code: &str) -> bool {
    CODES.binary_search(&code).is_ok()
}

/// What to write instead of an unknown code.
pub(super) fn suggestion(code: &str) -> String {
    let spelt = code.trim().replace('-', "_");
    let same = CODES.iter().copied().find(|known| known.eq_ignore_ascii_case(&spelt));
    let norwegian = ["no", "nn", "no_NO", "nb_NO"].contains(&spelt.as_str()).then_some("nb");
    if let Some(known) = same.or(norwegian) {
        return format!("did you mean `{known}`?");
    }
    let regions: Vec<String> = CODES
        .iter()
        .filter(|known| known.split('_').next() == Some(&spelt))
        .map(|known| format!("`{known}`"))
        .collect();
    if !regions.is_empty() {
        return format!("did you mean {}?", regions.join(" or "));
    }
    let language = spelt.split('_').next().unwrap_or_default();
    let kin = CODES.iter().copied().filter(|known| known.split('_').next() == Some(language));
    match nearest(&spelt, kin) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write a code as WhatsApp Manager shows it: `en_US`, `pt_BR`, `es`".to_owned(),
    }
}
