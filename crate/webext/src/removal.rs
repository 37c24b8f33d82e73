//! `browsingData.remove`, as both browsers take it. Who is told what is in `browsing_data.rs` and `firefox.rs`.

use std::ops::Not;

use serde::Serialize;

use crate::ApiError;
use crate::sys::browsing_data as sys;
use crate::value::encode;

/// Whose data. Firefox knows the last two members, Chromium the others.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RemovalOptions<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) origins: Option<&'a [String]>,
    /// Milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) origin_types: Option<OriginTypes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hostnames: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cookie_store_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OriginTypes {
    pub(crate) unprotected_web: bool,
    pub(crate) protected_web: bool,
}

/// Which data. What is `false` is not named.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the API's own shape")]
pub(crate) struct DataTypeSet {
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) cookies: bool,
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) cache: bool,
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) local_storage: bool,
    #[serde(rename = "indexedDB", skip_serializing_if = "Not::not")]
    pub(crate) indexed_db: bool,
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) service_workers: bool,
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) cache_storage: bool,
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) file_systems: bool,
}

/// Removes it.
pub(crate) async fn remove(options: &RemovalOptions<'_>, types: &DataTypeSet) -> Result<(), ApiError> {
    sys::remove(&encode(options)?, &encode(types)?)?.await?;
    Ok(())
}
