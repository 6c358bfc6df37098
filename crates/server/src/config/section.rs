//! Declares a section of the configuration once: its type, its defaults and its page of the reference.

/// One key, as the reference and the check of unknown keys see it.
pub struct Key {
    pub name: &'static str,
    pub doc: &'static [&'static str],
    /// The Rust type's name: decides whether an environment variable is read as text or as a TOML value.
    pub kind: &'static str,
}

impl Key {
    /// Whether the value is written as text (in quotes) in TOML.
    pub fn is_text(&self) -> bool {
        !["u16", "u32", "u64", "usize", "bool"].contains(&self.kind)
    }
}

macro_rules! section {
    ($(#[doc = $about:literal])* $name:ident { $($(#[doc = $doc:literal])* $key:ident: $kind:ty = $default:expr,)* }) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($(#[doc = $doc])* pub $key: $kind,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }

        impl $name {
            pub const ABOUT: &'static [&'static str] = &[$($about),*];
            pub const KEYS: &'static [$crate::config::section::Key] = &[
                $($crate::config::section::Key {
                    name: stringify!($key),
                    doc: &[$($doc),*],
                    kind: stringify!($kind),
                },)*
            ];
        }
    };
}

pub(crate) use section;
