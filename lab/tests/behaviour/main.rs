//! The lab's servers, met by plain clients: each fault does what it says. Everything has a time limit.

mod client;
mod control_by_lines;
mod etp_on_sockets;
mod exosite_on_sockets;
mod faults_of_the_wire;
mod load_is_complete;
mod onem2m_on_sockets;
mod simulators_on_sockets;
