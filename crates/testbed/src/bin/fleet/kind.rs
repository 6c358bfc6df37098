//! The six kinds of devices: what they are called, where they are, how often they speak.

use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Camera,
    Thermostat,
    DoorLock,
    EnergyMeter,
    Gateway,
    MachineSensor,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Camera,
        Self::Thermostat,
        Self::DoorLock,
        Self::EnergyMeter,
        Self::Gateway,
        Self::MachineSensor,
    ];

    /// The device profile, which is the lake's table.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Thermostat => "thermostat",
            Self::DoorLock => "door_lock",
            Self::EnergyMeter => "energy_meter",
            Self::Gateway => "gateway",
            Self::MachineSensor => "machine_sensor",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Camera => "Camera",
            Self::Thermostat => "Thermostat",
            Self::DoorLock => "Door Lock",
            Self::EnergyMeter => "Energy Meter",
            Self::Gateway => "Gateway",
            Self::MachineSensor => "Machine",
        }
    }

    /// Of 200 devices.
    pub const fn share(self) -> usize {
        match self {
            Self::Camera => 40,
            Self::Thermostat => 50,
            Self::DoorLock => 38,
            Self::EnergyMeter => 30,
            Self::Gateway => 12,
            Self::MachineSensor => 30,
        }
    }

    pub const fn places(self) -> &'static [&'static str] {
        match self {
            Self::Camera => &["Lobby", "Parking", "Loading Dock", "Warehouse", "Corridor", "Roof"],
            Self::Thermostat => {
                &["Office", "Meeting Room", "Canteen", "Server Room", "Reception", "Laboratory"]
            }
            Self::DoorLock => {
                &["Main Entrance", "Side Entrance", "Archive", "Server Room", "Workshop", "Garage"]
            }
            Self::EnergyMeter => &["Building", "Workshop", "Charging Point", "Canteen", "Cooling Plant"],
            Self::Gateway => &["Floor", "Workshop", "Yard"],
            Self::MachineSensor => &["Press", "Lathe", "Conveyor", "Compressor", "Pump"],
        }
    }

    /// Between two messages when live.
    pub const fn interval(self) -> Duration {
        Duration::from_secs(match self {
            Self::MachineSensor | Self::EnergyMeter | Self::Gateway => 5,
            Self::Thermostat | Self::Camera => 8,
            Self::DoorLock => 10,
        })
    }
}
