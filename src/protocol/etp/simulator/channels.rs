//! What there is to see at the site: channel sets and their channels.

/// Channels that have their indexes in common.
#[derive(Debug)]
pub(super) struct SetKind {
    /// In v1.1's URIs.
    pub(super) uid: &'static str,
    pub(super) title: &'static str,
    pub(super) pace: Pace,
    /// Beside the time of a row, its depth, or the other way round.
    pub(super) has_second_index: bool,
    /// So many rows are kept.
    pub(super) rows_most: usize,
    pub(super) channels: &'static [ChannelKind],
}

/// When a set gets a row, which is also what its primary index is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pace {
    /// So often; the one that has its hands full in a burst is marked.
    Time { period_secs: f64, bursts: bool },
    /// With each step of the bit.
    Depth,
    /// With each step of a tool that is pulled up.
    Pass,
}

impl Pace {
    pub(super) fn is_time(self) -> bool {
        match self {
            Self::Time { .. } => true,
            Self::Depth | Self::Pass => false,
        }
    }

    pub(super) fn is_decreasing(self) -> bool {
        self == Self::Pass
    }
}

#[derive(Debug)]
pub(super) struct ChannelKind {
    pub(super) mnemonic: &'static str,
    pub(super) title: &'static str,
    pub(super) unit: &'static str,
    /// What is measured, in the words of the standard.
    pub(super) class: &'static str,
    pub(super) quantity: Quantity,
}

/// What a channel measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    HookLoad,
    BlockPosition,
    Slips,
    BitDepth,
    Rate,
    PumpStrokes,
    StandpipePressure,
    Activity,
    TotalGas,
    Chromatogram,
    Gamma,
    Resistivity,
    LoggedRate,
    CirculatingDensity,
    Caliper,
}

impl Quantity {
    /// It stops when [`crate::protocol::Fault::Stale`] is on.
    pub(super) fn may_stop(self) -> bool {
        matches!(self, Self::StandpipePressure | Self::Resistivity)
    }

    /// It has no values when [`crate::protocol::Fault::Error`] is on.
    pub(super) fn may_fail(self) -> bool {
        matches!(self, Self::TotalGas | Self::Gamma)
    }
}

/// Over time, five times a second.
pub(super) const HOISTING: SetKind = SetKind {
    uid: "hoisting",
    title: "Hoisting",
    pace: Pace::Time { period_secs: 0.2, bursts: true },
    has_second_index: false,
    rows_most: 3600,
    channels: &[
        channel("HKLD", "Hook load", "kN", "force", Quantity::HookLoad),
        channel("BPOS", "Block position", "m", "length", Quantity::BlockPosition),
        channel("SLIP", "Slips in", "", "unitless", Quantity::Slips),
    ],
};

/// Over time, once a second.
pub(super) const DRILLING: SetKind = SetKind {
    uid: "drilling",
    title: "Drilling",
    pace: Pace::Time { period_secs: 1.0, bursts: false },
    has_second_index: false,
    rows_most: 3600,
    channels: &[
        channel("DBTM", "Bit depth", "m", "length", Quantity::BitDepth),
        channel("ROPA", "Rate of penetration", "m/h", "length per time", Quantity::Rate),
        channel("SPM", "Pump rate", "1/min", "frequency", Quantity::PumpStrokes),
        channel("SPPA", "Standpipe pressure", "bar", "pressure", Quantity::StandpipePressure),
        channel("ACTC", "Rig activity", "", "unitless", Quantity::Activity),
    ],
};

/// Over time, every five seconds.
pub(super) const GAS: SetKind = SetKind {
    uid: "mud-gas",
    title: "Mud gas",
    pace: Pace::Time { period_secs: 5.0, bursts: false },
    has_second_index: false,
    rows_most: 720,
    channels: &[
        channel("TGAS", "Total gas", "%", "volume per volume", Quantity::TotalGas),
        channel("CHRM", "Gas chromatogram", "ppm", "volume per volume", Quantity::Chromatogram),
    ],
};

/// Over the depth, every 20 cm.
pub(super) const LOG: SetKind = SetKind {
    uid: "lwd",
    title: "Logging while drilling",
    pace: Pace::Depth,
    has_second_index: false,
    rows_most: 2000,
    channels: &[
        channel("GR", "Gamma ray", "gAPI", "API gamma ray", Quantity::Gamma),
        channel("RES", "Resistivity", "ohm.m", "electrical resistivity", Quantity::Resistivity),
        channel("ROP", "Rate of penetration by depth", "m/h", "length per time", Quantity::LoggedRate),
    ],
};

/// Over the depth and, second, the time.
pub(super) const DENSITY: SetKind = SetKind {
    uid: "pwd",
    title: "Pressure while drilling",
    pace: Pace::Depth,
    has_second_index: true,
    rows_most: 2000,
    channels: &[channel(
        "ECD",
        "Equivalent circulating density",
        "g/cm3",
        "mass per volume",
        Quantity::CirculatingDensity,
    )],
};

/// Over the depth, upwards.
pub(super) const PASS: SetKind = SetKind {
    uid: "up-pass",
    title: "Upward pass",
    pace: Pace::Pass,
    has_second_index: false,
    rows_most: 2000,
    channels: &[channel("CALI", "Caliper", "mm", "length", Quantity::Caliper)],
};

const fn channel(
    mnemonic: &'static str,
    title: &'static str,
    unit: &'static str,
    class: &'static str,
    quantity: Quantity,
) -> ChannelKind {
    ChannelKind { mnemonic, title, unit, class, quantity }
}
