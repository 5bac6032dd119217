//! Owns the streams that commands write to: their colours, their columns. It must never know what is written.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use super::arguments::Color;
use crate::report::Options;

/// The terminal, or what stands in its place.
pub struct Terminal {
    color: Color,
    /// Nothing but findings and errors is wanted.
    pub quiet: bool,
}

impl Terminal {
    /// With what was asked for.
    pub fn new(color: Color, quiet: bool) -> Terminal {
        Terminal { color, quiet }
    }

    /// How to write text to standard output.
    pub fn out_options(&self) -> Options {
        let terminal = io::stdout().is_terminal();
        self.options(terminal, self.choice(AutoStream::choice(&io::stdout())))
    }

    /// How to write text to standard error.
    pub fn error_options(&self) -> Options {
        let terminal = io::stderr().is_terminal();
        self.options(terminal, self.choice(AutoStream::choice(&io::stderr())))
    }

    /// How to write text to a file.
    pub fn file_options(&self) -> Options {
        self.options(false, ColorChoice::Never)
    }

    /// Writes to standard output.
    pub fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let choice = self.choice(AutoStream::choice(&io::stdout()));
        if choice == ColorChoice::Never {
            let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
            write(&mut out)?;
            out.flush()
        } else {
            let mut out = io::BufWriter::with_capacity(1 << 16, AutoStream::new(io::stdout().lock(), choice));
            write(&mut out)?;
            out.flush()
        }
    }

    /// Writes to standard error. What cannot be written there cannot be complained about either.
    pub fn complain(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        let choice = self.choice(AutoStream::choice(&io::stderr()));
        let mut out = io::BufWriter::new(AutoStream::new(io::stderr().lock(), choice));
        let _ = write(&mut out).and_then(|()| out.flush());
    }

    /// Says in a line what of a `cerco.yaml` is not used, so that nobody believes that it is.
    pub fn tell_unused(&self, keys: &[&str]) {
        if self.quiet || keys.is_empty() {
            return;
        }
        let named: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        let is = if keys.len() == 1 { "is" } else { "are" };
        let named = named.join(", ");
        self.complain(|out| {
            writeln!(out, "note: {named} of `cerco.yaml` {is} not used: what the command line names goes before it")
        });
    }

    /// Whether progress can be shown.
    pub fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    fn choice(&self, auto: ColorChoice) -> ColorChoice {
        match self.color {
            Color::Auto => auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }

    fn options(&self, terminal: bool, choice: ColorChoice) -> Options {
        Options {
            width: terminal.then(columns),
            colour: choice != ColorChoice::Never,
            unicode: takes_unicode(),
            quiet: self.quiet,
            ..Options::default()
        }
    }
}

/// The columns of the terminal: `COLUMNS` where it is set, for whoever wants another width than the terminal says.
fn columns() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|&columns| columns > 0);
    let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)).filter(|&width| width > 0);
    asked.or_else(measured).unwrap_or(80)
}

/// Whether lines and arrows beyond ASCII can be drawn, by the locale.
fn takes_unicode() -> bool {
    if cfg!(windows) || cfg!(target_os = "macos") {
        return true;
    }
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}
