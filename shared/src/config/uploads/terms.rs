//! The settings about uploads.

use clap::Args;

use super::{Accept, UploadPath, upload_size};
use crate::config::{ByteSize, HostPort};

/// The terms of uploads: upload-server enforces them, api-server announces them to clients.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Uploads")]
pub struct UploadTermsArgs {
    /// The address that serves uploads. Clients get it from api-server if no public origin is set.
    #[arg(
        id = "PAWL_UPLOAD_LISTEN",
        long = "upload-listen",
        env = "PAWL_UPLOAD_LISTEN",
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:1080"
    )]
    pub listen: HostPort,

    /// The path at which uploads are created. An upload's URL is this path and the upload's id.
    #[arg(
        id = "PAWL_UPLOAD_PATH",
        long = "upload-path",
        env = "PAWL_UPLOAD_PATH",
        value_name = "PATH",
        default_value = "/files/"
    )]
    pub path: UploadPath,

    /// The maximum size of an upload.
    #[arg(
        id = "PAWL_MAX_UPLOAD_SIZE",
        long = "max-upload-size",
        env = "PAWL_MAX_UPLOAD_SIZE",
        value_name = "SIZE",
        default_value = "8GiB",
        value_parser = upload_size
    )]
    pub max_size: ByteSize,

    /// The declared media types that uploads may have, such as `video/*,image/png`.
    #[arg(
        id = "PAWL_ACCEPT",
        long = "accept",
        env = "PAWL_ACCEPT",
        value_name = "TYPES",
        default_value = "video/*,image/*"
    )]
    pub accept: Accept,
}
