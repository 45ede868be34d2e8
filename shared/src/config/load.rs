//! Loads a configuration: parses every value, then checks the rules between values, and reports all
//! faults in one list.
//!
//! clap stops at the first bad value. Therefore a bad value is recorded and removed, and the rest
//! is parsed again, until no new fault appears.

use std::{
    ffi::{OsStr, OsString},
    num::ParseIntError,
    process::ExitCode,
};

use clap::{
    Arg, ArgMatches, Command, Parser,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{
    example::settings,
    faults::{Check, Fault, Faults},
    source::{Source, all_args, is_secret},
    typos::check_names,
};

/// sysexits.h: the command was used incorrectly.
const EX_USAGE: u8 = 64;

/// Why there is no configuration.
#[derive(Debug)]
pub enum Refused {
    /// The user asked for help or the version: the text for standard output.
    Help(String),
    /// All faults found.
    Faults(Vec<Fault>),
}

/// The subcommand that prints a binary's settings as JSON and exits. `.env.example` is generated
/// from its output.
const PRINT_SETTINGS: &str = "print-settings";

/// Loads this process's configuration. Flags override variables, and variables override `.env`.
///
/// # Errors
/// The user asked for help or for the settings (printed, exit code 0), or there are faults (all
/// printed to standard error, exit code 64). `main` returns the code.
pub fn load<C: Parser + Check>() -> Result<C, ExitCode> {
    let mut faults = Faults::default();
    let source = Source::of_process(&mut faults);
    if source
        .args
        .get(1)
        .is_some_and(|word| word == PRINT_SETTINGS)
    {
        println!("{}", serde_json::json!(settings(&C::command())));
        return Err(ExitCode::SUCCESS);
    }
    let args = source.args.clone();
    load_with::<C>(source, faults).map_err(|refused| match refused {
        Refused::Help(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Refused::Faults(faults) => {
            eprint!("{}", report(&C::command(), &args, &faults));
            ExitCode::from(EX_USAGE)
        }
    })
}

/// Loads a configuration from `source`.
///
/// # Errors
/// See [`Refused`].
pub fn load_from<C: Parser + Check>(source: Source) -> Result<C, Refused> {
    load_with(source, Faults::default())
}

fn load_with<C: Parser + Check>(mut source: Source, mut faults: Faults) -> Result<C, Refused> {
    check_names(&source, &C::command(), &mut faults);
    let matches = loop {
        let command = prepare(C::command(), &source, &mut faults);
        let error = match command.try_get_matches_from(&source.args) {
            Ok(matches) => break Some(matches),
            Err(error) => error,
        };
        if !error.use_stderr() {
            return Err(Refused::Help(help::<C>(&source.args)));
        }
        // Each round removes at least one setting, so the loop ends.
        if !note(&error, C::command(), &mut source.args, &mut faults) {
            faults.add(&[], complaint::<C>(&error, &source.args));
            break None;
        }
    };
    let config = matches.and_then(|matches: ArgMatches| C::from_arg_matches(&matches).ok());
    if let Some(config) = &config {
        config.check(&mut faults);
    }
    match (config, faults.into_vec()) {
        (Some(config), found) if found.is_empty() => Ok(config),
        (_, found) => Err(Refused::Faults(found)),
    }
}

/// Sets each argument's default to its value from outside the command line. clap's own reading of
/// the environment knows neither `.env` nor files, and prints values in its help.
fn prepare(command: Command, source: &Source, faults: &mut Faults) -> Command {
    let mut fill = |arg: Arg| -> Arg {
        let Some(name) = arg
            .get_env()
            .and_then(|name| name.to_str())
            .map(str::to_owned)
        else {
            return arg;
        };
        let value = source
            .value(&arg, faults)
            .filter(|_| !faults.is_unread(&name));
        let missing = faults.is_unread(&name);
        let arg = arg.env(None::<&str>);
        reachable(match value {
            Some(value) => arg
                .required(false)
                .default_value(clap::builder::OsStr::from(value)),
            None if missing => arg.required(false),
            None => arg,
        })
    };
    on_all_args(command, &mut fill)
}

/// Flags may stand before or after the subcommand, regardless of where the structure declares them.
fn reachable(arg: Arg) -> Arg {
    if arg.is_required_set() || arg.is_positional() {
        arg
    } else {
        arg.global(true)
    }
}

fn on_all_args(command: Command, change: &mut dyn FnMut(Arg) -> Arg) -> Command {
    let command = command.mut_args(&mut *change);
    command.mut_subcommands(|nested| on_all_args(nested, change))
}

/// Help shows the defaults of the program, not the values of this machine.
fn help<C: Parser>(args: &[OsString]) -> String {
    let command = on_all_args(C::command(), &mut |arg| {
        let is_required = arg.is_required_set() && arg.is_positional();
        reachable(arg.hide_env_values(true).required(is_required))
    });
    command
        .try_get_matches_from(args)
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

/// Records the settings that clap complains about and removes them from the command line. False if
/// the complaint concerns something else.
fn note(
    error: &clap::Error,
    mut command: Command,
    args: &mut Vec<OsString>,
    faults: &mut Faults,
) -> bool {
    let named = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) => vec![name.clone()],
        Some(ContextValue::Strings(names)) => names.clone(),
        _ => return false,
    };
    if error.kind() == ErrorKind::UnknownArgument {
        let count = args.len();
        args.retain(|word| !named.iter().any(|name| is_flag(word, name)));
        faults.add(&[], format!("unknown argument {}", named.join(", ")));
        return args.len() < count;
    }
    command.build();
    let mut is_new = false;
    for arg in all_args(&command) {
        let Some(name) = arg.get_env().map(|name| name.to_string_lossy()) else {
            continue;
        };
        if named.contains(&arg.to_string()) && !faults.is_unread(&name) {
            faults.add_unread(&name, describe(error, is_secret(arg)));
            take_off(arg, args);
            is_new = true;
        }
    }
    is_new
}

/// clap's complaint about the command line as a whole.
fn complaint<C: Parser>(error: &clap::Error, args: &[OsString]) -> String {
    match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, _) => {
            format!(
                "use a subcommand: {}",
                choices(&C::command(), args).join(", ")
            )
        }
        (ErrorKind::MissingRequiredArgument, Some(ContextValue::Strings(missing))) => {
            format!("{} is missing", missing.join(", "))
        }
        _ => first_line(&error.to_string()),
    }
}

/// The subcommands of the innermost command on the command line, each with the words before it.
fn choices(command: &Command, args: &[OsString]) -> Vec<String> {
    let (innermost, before) = innermost(command, args);
    let names = innermost.get_subcommands().map(Command::get_name);
    names.map(|name| format!("{before}{name}")).collect()
}

/// The innermost command on the command line, and the words that lead to it, each followed by a
/// space.
fn innermost<'a>(command: &'a Command, args: &[OsString]) -> (&'a Command, String) {
    let mut found = (command, String::new());
    for word in args.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(nested) = found.0.find_subcommand(word) {
            found = (nested, format!("{}{word} ", found.1));
        }
    }
    found
}

fn describe(error: &clap::Error, secret: bool) -> String {
    if error.kind() == ErrorKind::MissingRequiredArgument {
        return "is not set, and there is no default".to_owned();
    }
    let reason = match (
        std::error::Error::source(error),
        error.get(ContextKind::ValidValue),
    ) {
        (Some(source), _) if source.is::<ParseIntError>() => "write a whole number".to_owned(),
        (Some(source), _) => source.to_string(),
        (None, Some(ContextValue::Strings(valid))) if !valid.is_empty() => {
            format!("write one of {}", valid.join(", "))
        }
        _ => first_line(&error.to_string()),
    };
    match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) if !secret && !value.is_empty() => {
            format!("cannot use `{value}`: {reason}")
        }
        _ => reason,
    }
}

/// Removes `--flag value` and `--flag=value`.
fn take_off(arg: &Arg, args: &mut Vec<OsString>) {
    let Some(long) = arg.get_long() else { return };
    let flag = format!("--{long}");
    let takes_next = !arg.is_require_equals_set();
    let mut kept = Vec::with_capacity(args.len());
    let mut rest = std::mem::take(args).into_iter();
    while let Some(word) = rest.next() {
        if word == *flag {
            if takes_next {
                rest.next();
            }
        } else if !is_flag(&word, &flag) {
            kept.push(word);
        }
    }
    *args = kept;
}

/// Whether an argument is `flag` or `flag=…`.
fn is_flag(word: &OsStr, flag: &str) -> bool {
    let word = word.to_string_lossy();
    word.strip_prefix(flag)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
}

fn first_line(text: &str) -> String {
    text.lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned()
}

/// The list of all faults for standard error.
fn report(command: &Command, args: &[OsString], faults: &[Fault]) -> String {
    let (program, (_, words)) = (command.get_name(), innermost(command, args));
    let count = faults.len();
    let plural = if count == 1 { "" } else { "s" };
    let mut lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
    lines.insert(
        0,
        format!("{program}: the configuration has {count} fault{plural}; nothing was started"),
    );
    lines.push(format!("{program} {words}--help explains every setting\n"));
    lines.join("\n")
}

#[cfg(test)]
mod tests;
