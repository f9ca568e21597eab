//! How a slot is called on disk and in messages.

use blocs_primitives::{DealId, SlotId, SlotIndex};
use core::fmt;

/// A slot's name: the deal id in hex, a dash, the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotName(pub SlotId);

impl fmt::Display for SlotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.deal.0.as_bytes() {
            write!(f, "{byte:02x}")?;
        }
        write!(f, "-{}", self.0.index.0)
    }
}

impl SlotName {
    /// Reads a name back; `None` for anything that [`SlotName`] would not have printed.
    pub fn parse(text: &str) -> Option<Self> {
        let (deal, index) = text.split_once('-')?;
        if deal.len() != 64 {
            return None;
        }
        let mut bytes = [0u8; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(deal.get(place * 2..place * 2 + 2)?, 16).ok()?;
        }
        let name = Self(SlotId {
            deal: DealId(bytes.into()),
            index: SlotIndex(index.parse().ok()?),
        });
        (name.to_string() == text).then_some(name)
    }

    /// The folder that holds the slot's files, relative to the data folder.
    pub(crate) fn folder(&self) -> String {
        let bytes = self.0.deal.0.as_bytes();
        format!("slots/{:02x}/{:02x}", bytes[0], bytes[1])
    }

    /// Path of the content, relative to the data folder.
    pub(crate) fn content(&self) -> String {
        format!("{}/{self}", self.folder())
    }

    /// Path of the outboard, relative to the data folder.
    pub(crate) fn outboard(&self) -> String {
        format!("{}/{self}.tree", self.folder())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_nothing_else_does() {
        let id = SlotId {
            deal: DealId([0xab; 32].into()),
            index: SlotIndex(31),
        };
        let text = SlotName(id).to_string();
        assert_eq!(SlotName::parse(&text), Some(SlotName(id)));
        assert_eq!(SlotName::parse(&text.to_uppercase()), None);
        assert_eq!(SlotName::parse(&format!("{text}.tree")), None);
        assert_eq!(SlotName::parse(&text.replace("-31", "-031")), None);
        assert_eq!(SlotName::parse("README"), None);
    }
}
