//! What the compiler vouches for: a secret cannot be printed, compared with a guess, or serialised; its debug form is empty.

use std::fmt::{Binary, Debug, Display, LowerHex};
use std::marker::PhantomData;

use tidings::sandbox::faults::{Script, TokenDigest};
use tidings::secret::{AppSecret, Token, TokenSource};

/// Whether a type has a trait, told by the compiler: the inherent constant exists only where it has, and hides the other.
macro_rules! has {
    ($type:ty: $($bound:tt)+) => {{
        #[allow(dead_code, reason = "one of the two is hidden")]
        trait Otherwise {
            const HAS: bool = false;
        }
        impl<T: ?Sized> Otherwise for Probe<T> {}
        struct Probe<T: ?Sized>(PhantomData<T>);
        #[allow(dead_code, reason = "one of the two is hidden")]
        impl<T: ?Sized + $($bound)+> Probe<T> {
            const HAS: bool = true;
        }
        Probe::<$type>::HAS
    }};
}

/// Not built unless the types are as they should be.
macro_rules! tells_nothing {
    ($($type:ty),+) => {$(
        const _: () = assert!(!has!($type: Display));
        const _: () = assert!(!has!($type: serde::Serialize));
        const _: () = assert!(!has!($type: LowerHex) && !has!($type: Binary));
        const _: () = assert!(!has!($type: PartialEq) && !has!($type: std::hash::Hash));
        const _: () = assert!(!has!($type: AsRef<str>) && !has!($type: AsRef<[u8]>));
        const _: () = assert!(!has!($type: std::ops::Deref<Target = str>) && !has!($type: Into<String>));
        const _: () = assert!(!has!($type: Copy) && !has!($type: Default));
    )+};
}

tells_nothing!(Token, AppSecret);

// The probe can tell, or it would prove nothing.
const _: () = assert!(has!(String: Display) && has!(String: serde::Serialize) && has!(String: Into<String>));
const _: () = assert!(has!(Token: Debug) && has!(TokenSource: PartialEq));

// What holds a secret has no debug form at all.
const _: () = assert!(!has!(tidings::cloud::client::Client: Debug));
const _: () = assert!(!has!(tidings::cloud::templates::TemplateReader: Debug));
const _: () = assert!(!has!(tidings::sandbox::world::World: Debug));
const _: () = assert!(!has!(tidings::sandbox::world::Asked<'static>: Debug));

const TOKEN: &str = "EAAGnotARealTokenButAsLongAsOne0123456789";

fn debug(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

#[test]
fn the_debug_form_of_a_secret_says_nothing() {
    let token = Token::for_sandbox(TOKEN);
    let digest = TokenDigest::of(TOKEN);
    let script = Script { token: Some(digest), ..Script::default() };
    for told in [debug(&token), debug(&Some(&token)), debug(&vec![token.clone()]), debug(&digest), debug(&script)] {
        for part in TOKEN.as_bytes().windows(6).map(|part| std::str::from_utf8(part).expect("ASCII")) {
            assert!(!told.contains(part), "`{part}` of the token is in {told}");
        }
    }
    assert_eq!(format!("{token:?}"), format!("{:?}", Token::for_sandbox("x")), "its length shows");
}

#[test]
fn a_source_tells_where_and_not_what() {
    assert_eq!(format!("{:?}", TokenSource::Env("OTHER_TOKEN".to_owned())), r#"Env("OTHER_TOKEN")"#);
}
