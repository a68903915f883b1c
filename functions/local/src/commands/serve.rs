use crate::arguments::Serve;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::terminal::Terminal;

pub(crate) async fn run(
    _arguments: Serve,
    _environment: &Environment,
    _terminal: &Terminal,
) -> Result<(), Failure> {
    Err(Failure::run("serve is not there yet"))
}
