//! A stylesheet that `index.html` does not name is not part of the page.

use std::error::Error;
use std::fs;
use std::path::Path;

#[test]
fn index_html_links_every_file_of_style() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let html = fs::read_to_string(root.join("index.html"))?;
    for entry in fs::read_dir(root.join("style"))? {
        let name = entry?.file_name();
        let link = format!(r#"<link data-trunk rel="css" href="style/{}">"#, name.to_string_lossy());
        assert!(html.contains(&link), "index.html lacks {link}");
    }
    Ok(())
}
