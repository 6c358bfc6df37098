//! The installation itself: how it fares, and how devices reach it.

mod connect;
mod health;
mod installation;
mod overview;

pub use connect::{__path_connect, connect};
pub use health::{__path_show, show};
pub use installation::{
    Disk, Endpoints, IngestFigures, Installation, InstallationStatus, JournalFigures, LakeFigures,
    ReaderFigures, RefusedConnections, Refusing, TaskFigures,
};
pub use overview::{__path_overview, overview};
