//! Meta's words for what a template is. Each set is open: Meta adds to it without notice.

use crate::cloud::words::words;

words! {
    /// Whether a template may be sent.
    Status {
        /// It may be sent.
        Approved = "APPROVED",
        /// Meta looks at it, for up to a day.
        Pending = "PENDING",
        /// Meta has refused it.
        Rejected = "REJECTED",
        /// Stopped for some hours, or until somebody lifts it: people complained.
        Paused = "PAUSED",
        /// Stopped for good, after the third pause.
        Disabled = "DISABLED",
        /// Somebody has objected to a refusal.
        InAppeal = "IN_APPEAL",
        /// Being deleted.
        PendingDeletion = "PENDING_DELETION",
        /// Deleted.
        Deleted = "DELETED",
        /// The account has too many templates.
        LimitExceeded = "LIMIT_EXCEEDED",
        /// Unused for a year; deleted some weeks later.
        Archived = "ARCHIVED",
        /// May be sent again.
        Reinstated = "REINSTATED",
        /// Taken out of the archive: may be sent again.
        Unarchived = "UNARCHIVED",
    }
}

impl Status {
    /// Whether Meta takes messages of such a template. A word that is not known does not promise it.
    pub fn is_sendable(&self) -> bool {
        matches!(self, Self::Approved | Self::Reinstated | Self::Unarchived)
    }
}

words! {
    /// What a template's messages are for. Prices and rules go by it.
    Category {
        /// Offers and news: the dearest.
        Marketing = "MARKETING",
        /// About something that a person has ordered or asked for.
        Utility = "UTILITY",
        /// One-time codes.
        Authentication = "AUTHENTICATION",
    }
}

words! {
    /// How a template's placeholders are written.
    ParameterFormat {
        /// `{{1}}`, `{{2}}`: filled in order. What Meta means when it does not say.
        Positional = "POSITIONAL",
        /// `{{first_name}}`: filled by name.
        Named = "NAMED",
    }
}

words! {
    /// What people think of a template's messages: blocks, reports and reads of the last days.
    Quality {
        /// High.
        Green = "GREEN",
        /// Middling.
        Yellow = "YELLOW",
        /// Low: about to be paused.
        Red = "RED",
        /// Not known yet.
        Unknown = "UNKNOWN",
    }
}

words! {
    /// What stands at a template's head.
    HeaderFormat {
        /// A line of text.
        Text = "TEXT",
        /// A picture, given with each message.
        Image = "IMAGE",
        /// A film, given with each message.
        Video = "VIDEO",
        /// A short film without sound, given with each message.
        Gif = "GIF",
        /// A document, given with each message.
        Document = "DOCUMENT",
        /// A place on the map, given with each message.
        Location = "LOCATION",
        /// A product of a catalogue, given with each message.
        Product = "PRODUCT",
    }
}

words! {
    /// What a button does.
    ButtonKind {
        /// Answers with its label.
        QuickReply = "QUICK_REPLY",
        /// Opens a web page.
        Url = "URL",
        /// Calls a number.
        PhoneNumber = "PHONE_NUMBER",
        /// Copies a coupon.
        CopyCode = "COPY_CODE",
        /// Opens a form.
        Flow = "FLOW",
        /// Shows the whole catalogue.
        Catalog = "CATALOG",
        /// Shows a choice of products.
        Products = "MPM",
        /// Shows the product of the header.
        Product = "SPM",
        /// Copies or fills in a one-time code.
        Otp = "OTP",
        /// Calls the business within WhatsApp.
        VoiceCall = "VOICE_CALL",
        /// Shows an order to be paid.
        OrderDetails = "ORDER_DETAILS",
    }
}
