//! Our public names, the origins that may call us from a browser, and the trusted proxies.

use clap::Args;
use http::HeaderName;
use ipnet::IpNet;

use super::{
    address::{Host, Origin, network},
    faults::{Check, Faults},
    units::switch,
};

/// Public names, allowed callers and trusted proxies.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Public names and trusted proxies")]
pub struct OriginArgs {
    /// api-server's public origin, such as `https://pawl.example`. Requests may name its host. URLs
    /// in answers are relative to it.
    #[arg(
        id = "PAWL_PUBLIC_URL",
        long = "public-url",
        env = "PAWL_PUBLIC_URL",
        value_name = "ORIGIN"
    )]
    pub public_url: Option<Origin>,

    /// upload-server's public origin.
    #[arg(
        id = "PAWL_UPLOAD_PUBLIC_URL",
        long = "upload-public-url",
        env = "PAWL_UPLOAD_PUBLIC_URL",
        value_name = "ORIGIN"
    )]
    pub upload_public_url: Option<Origin>,

    /// Origins, separated by commas, whose pages may call the servers from a browser.
    #[arg(
        id = "PAWL_ALLOWED_ORIGINS",
        long = "allowed-origins",
        env = "PAWL_ALLOWED_ORIGINS",
        value_name = "ORIGINS",
        value_delimiter = ','
    )]
    pub allowed_origins: Vec<Origin>,

    /// Headers, separated by commas, that pages of other origins may send in addition to those that
    /// the servers use and to `traceparent` and `tracestate`, such as `baggage,sentry-trace`.
    #[arg(
        id = "PAWL_CORS_HEADERS",
        long = "cors-headers",
        env = "PAWL_CORS_HEADERS",
        value_name = "NAMES",
        value_delimiter = ',',
        value_parser = header_name
    )]
    pub cors_headers: Vec<HeaderName>,

    /// Hosts, separated by commas, that requests may name in addition to those of the public
    /// origins.
    #[arg(
        id = "PAWL_ALLOWED_HOSTS",
        long = "allowed-hosts",
        env = "PAWL_ALLOWED_HOSTS",
        value_name = "HOSTS",
        value_delimiter = ','
    )]
    pub allowed_hosts: Vec<Host>,

    /// Addresses or networks, separated by commas, of proxies whose X-Forwarded-For and
    /// X-Request-Id are trusted.
    #[arg(
        id = "PAWL_TRUSTED_PROXIES",
        long = "trusted-proxies",
        env = "PAWL_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        value_delimiter = ',',
        value_parser = network
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// For development: allow localhost, 127.0.0.1 and `[::1]` with any port as hosts and origins.
    #[arg(
        id = "PAWL_DEV",
        long = "dev",
        env = "PAWL_DEV",
        value_name = "ON|OFF",
        default_value = "off",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "on",
        value_parser = switch,
        action = clap::ArgAction::Set
    )]
    pub dev: bool,
}

impl OriginArgs {
    /// Every host that a request may name, except those of development.
    pub fn hosts(&self) -> impl Iterator<Item = &Host> {
        let public = [&self.public_url, &self.upload_public_url]
            .into_iter()
            .flatten();
        public.map(Origin::host).chain(&self.allowed_hosts)
    }
}

fn header_name(text: &str) -> Result<HeaderName, &'static str> {
    let name = text.trim().parse();
    name.map_err(|_| "write the names of headers, such as baggage,sentry-trace")
}

impl Check for OriginArgs {
    fn check(&self, faults: &mut Faults) {
        if !self.dev && self.hosts().next().is_none() {
            faults.add(
                &[
                    "PAWL_PUBLIC_URL",
                    "PAWL_UPLOAD_PUBLIC_URL",
                    "PAWL_ALLOWED_HOSTS",
                ],
                "none is set, so every request would be refused: set the public origins, or \
                 PAWL_DEV=1 for development",
            );
        }
    }
}
