//! Asks the model for a report and checks what came back.
