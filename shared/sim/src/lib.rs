//! A world in a box: the outside services on loopback, speaking their wire protocols.
