//! The report page in a real browser, as a person sees it: what fits, what can be read, where a click leads, and
//! what the page must never do. Chromium and its driver are Debian's packages `chromium` and `chromium-driver`.

mod contrast;
mod driver;
mod hostile;
mod keyboard;
mod launch;
mod numbers;
mod overflow;
mod pages;
mod reports;
mod requests;
mod screen;
mod screenshots;
mod scripts;
mod session;
mod site;
mod structure;
mod theme;
mod touch;
mod wcag;
