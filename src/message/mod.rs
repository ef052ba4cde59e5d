//! What one person gets: parameters, components, payload.
