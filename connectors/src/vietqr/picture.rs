//! A VietQR text as a picture.

use qrcode::{EcLevel, QrCode, render::svg::Color};

use crate::fault::VietQrFault;

/// A module is four units wide, so that a typical code is about 200 units: printable on paper, clear on a screen.
const MODULE_UNITS: u32 = 4;

/// An SVG document, black on white, with the quiet zone of four modules that scanners need. It scales without loss.
///
/// # Errors
/// [`VietQrFault::TooLong`] when the text does not fit into a QR code.
pub fn svg(text: &str) -> Result<String, VietQrFault> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| VietQrFault::TooLong)?;
    Ok(code.render::<Color<'_>>().module_dimensions(MODULE_UNITS, MODULE_UNITS).quiet_zone(true).build())
}
