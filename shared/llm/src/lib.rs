//! The language model: prompts, model profiles, the client, the checks on what came back.
