//! Meta's words, in sets that are open: it adds to them without notice.

/// An enum of words that keeps the words it does not know.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
            /// A word that this version of tidings does not know, in capitals.
            Other(String),
        }

        impl $name {
            /// What a word of Meta's means. Its samples use capitals and small letters for the same.
            pub fn of(word: &str) -> Self {
                let word = word.to_ascii_uppercase();
                match word.as_str() {
                    $($word => Self::$variant,)+
                    _ => Self::Other(word),
                }
            }

            /// Meta's word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }
    };
}

pub(super) use words;
