"""Errors: everything that can go wrong and that a person may meet.

PhyghtError                     message names the thing, advice names the next step
├── SettingsError               an environment variable has a wrong value
├── WrongArguments              a command is asked for what cannot be
├── DatabaseError               the database cannot be opened, read or written
├── WarehouseError              a segment of the warehouse is missing or damaged
├── DiskFull                    no space left for what has to be written
├── AccessError
│   ├── SignInRequired          nobody is signed in
│   ├── PermissionDenied        the user's role does not allow it
│   ├── SignInFailed            wrong name or password
│   ├── TooManyAttempts         too many wrong passwords in a short time
│   ├── PasswordRefused         a new password is not good enough
│   └── AccountRefused          no such account, or it may not be changed so
├── SourceError                 a place that bills come from
│   ├── SourceUnreachable       no such folder or bucket, no permission, no network
│   ├── NoExportFound           the place is there, and holds no export
│   └── DeliveryRefused         an export is there, and cannot be trusted
├── CostsError
│   ├── NoBillingData           no bill covers the period
│   ├── MixedCurrencies         the charges are in several currencies
│   ├── UnknownCurrency         no bill is in it
│   ├── BudgetRefused           a budget has terms that cannot be kept to
│   ├── BudgetUntold            where a budget stands could not be worked out
│   ├── SeriesRefused           a file of daily values cannot be read
│   ├── PriceUnknown            the price catalogue does not have a price that is needed
│   ├── HistoryRefused          objects and their reads cannot be read, or tell nothing
│   └── UnknownDimension        nothing is kept by that name
├── StorageError                a place that objects lie in
│   ├── StorageUnreachable      no network, no such bucket, or the provider is not well
│   ├── StorageDenied           the key is wrong or limited, or may not do this
│   ├── StorageBusy             the provider asks to come back later
│   │   └── TakesHours          an archive, or viewers who are still watching, are waited for
│   ├── ObjectNotFound          nothing is at that key
│   ├── ObjectExists            something is at that key already
│   ├── ObjectChanged           it is not the object that it was
│   ├── ObjectCorrupt           its bytes do not agree with their checksum
│   ├── ObjectArchived          it has to be restored before it can be read
│   ├── ObjectTooLarge          the provider takes no object of that size
│   ├── KeyRefused              the provider takes no such key
│   ├── UploadNotFound          there is no such unfinished upload
│   └── RulesRefused            the provider takes no such lifecycle rules
├── CatalogError
│   ├── VideoNotFound           no video by that name or link
│   ├── HoldRefused             a legal hold cannot be placed so
│   ├── NothingServed           the video has no copy that viewers could get
│   └── PlaylistRefused         a playlist that cannot be handed on to a player
├── UploadError
│   ├── UploadRefused           the file or a part of it cannot be taken, and why
│   │   ├── ContentRefused      it is not a video, by its first bytes
│   │   └── SizeRefused         it is empty, too large, or more than there is room for
│   ├── ResidencyRefused        no provider may hold it
│   ├── PartsMissing            it cannot become a video before the rest of it has arrived
│   └── UploadEnded             it is a video already, or was called off, or has failed
├── MediaError
│   ├── NotAVideo               the file cannot be read as a video
│   ├── Incomplete              the file ends before the video does
│   ├── PackagingFailed         the encoder came to nothing
│   └── PackagingRefused        it cannot be begun or stopped now
├── MigrationError
│   ├── MigrationNotFound       there is no such plan or migration, or the video is no part of it
│   ├── MigrationRefused        it cannot be planned, begun, stopped or taken back now
│   ├── NotMovable              a video cannot be moved, however often it is tried
│   └── PlatformUnreachable     the platform's own table of videos cannot be read or changed now
├── AlertError
│   ├── AlertNotFound           there is no such alert, rule or channel
│   ├── AlertRefused            it cannot be acknowledged any more
│   ├── RuleRefused             a rule cannot be as it is asked for
│   └── ChannelRefused          a channel cannot be as it is asked for
├── ActionError
│   ├── ActionNotFound          there is no such action
│   ├── ActionRefused           it cannot be previewed, applied, gone on with or undone now
│   ├── StateChanged            the cloud is not as it was when the preview was made
│   └── CannotReturn            what an action has changed cannot be as it was before
├── RecommendationError
│   ├── RecommendationNotFound  there is no such recommendation, or it was not dismissed
│   └── RecommendationRefused   it cannot be dismissed so
├── QueryRefused                the SQL is not allowed, or not correct
└── QueryStopped                the SQL took too long or too much
"""

from core.errors.actions import (
    ActionError,
    ActionNotFound,
    ActionRefused,
    CannotReturn,
    RecommendationError,
    RecommendationNotFound,
    RecommendationRefused,
    StateChanged,
)
from core.errors.alerts import AlertError, AlertNotFound, AlertRefused, ChannelRefused, RuleRefused
from core.errors.base import (
    AccessError,
    AccountRefused,
    DatabaseError,
    DiskFull,
    PasswordRefused,
    PermissionDenied,
    PhyghtError,
    SettingsError,
    SignInFailed,
    SignInRequired,
    TooManyAttempts,
    WarehouseError,
    WrongArguments,
)
from core.errors.money import (
    BudgetRefused,
    BudgetUntold,
    CostsError,
    DeliveryRefused,
    HistoryRefused,
    MixedCurrencies,
    NoBillingData,
    NoExportFound,
    PriceUnknown,
    QueryRefused,
    QueryStopped,
    SeriesRefused,
    SourceError,
    SourceUnreachable,
    UnknownCurrency,
    UnknownDimension,
)
from core.errors.storage import (
    CatalogError,
    HoldRefused,
    KeyRefused,
    NothingServed,
    ObjectArchived,
    ObjectChanged,
    ObjectCorrupt,
    ObjectExists,
    ObjectNotFound,
    ObjectTooLarge,
    PlaylistRefused,
    RulesRefused,
    StorageBusy,
    StorageDenied,
    StorageError,
    StorageUnreachable,
    TakesHours,
    UploadNotFound,
    VideoNotFound,
)
from core.errors.videos import (
    ContentRefused,
    Incomplete,
    MediaError,
    MigrationError,
    MigrationNotFound,
    MigrationRefused,
    NotAVideo,
    NotMovable,
    PackagingFailed,
    PackagingRefused,
    PartsMissing,
    PlatformUnreachable,
    ResidencyRefused,
    SizeRefused,
    UploadEnded,
    UploadError,
    UploadRefused,
)

__all__ = [
    "AccessError",
    "AccountRefused",
    "ActionError",
    "ActionNotFound",
    "ActionRefused",
    "AlertError",
    "AlertNotFound",
    "AlertRefused",
    "BudgetRefused",
    "BudgetUntold",
    "CannotReturn",
    "CatalogError",
    "ChannelRefused",
    "ContentRefused",
    "CostsError",
    "DatabaseError",
    "DeliveryRefused",
    "DiskFull",
    "HistoryRefused",
    "HoldRefused",
    "Incomplete",
    "KeyRefused",
    "MediaError",
    "MigrationError",
    "MigrationNotFound",
    "MigrationRefused",
    "MixedCurrencies",
    "NoBillingData",
    "NoExportFound",
    "NotAVideo",
    "NotMovable",
    "NothingServed",
    "ObjectArchived",
    "ObjectChanged",
    "ObjectCorrupt",
    "ObjectExists",
    "ObjectNotFound",
    "ObjectTooLarge",
    "PackagingFailed",
    "PackagingRefused",
    "PartsMissing",
    "PasswordRefused",
    "PermissionDenied",
    "PhyghtError",
    "PlatformUnreachable",
    "PlaylistRefused",
    "PriceUnknown",
    "QueryRefused",
    "QueryStopped",
    "RecommendationError",
    "RecommendationNotFound",
    "RecommendationRefused",
    "ResidencyRefused",
    "RuleRefused",
    "RulesRefused",
    "SeriesRefused",
    "SettingsError",
    "SignInFailed",
    "SignInRequired",
    "SizeRefused",
    "SourceError",
    "SourceUnreachable",
    "StateChanged",
    "StorageBusy",
    "StorageDenied",
    "StorageError",
    "StorageUnreachable",
    "TakesHours",
    "TooManyAttempts",
    "UnknownCurrency",
    "UnknownDimension",
    "UploadEnded",
    "UploadError",
    "UploadNotFound",
    "UploadRefused",
    "VideoNotFound",
    "WarehouseError",
    "WrongArguments",
]
