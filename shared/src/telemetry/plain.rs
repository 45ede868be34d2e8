//! The text format of Prometheus (0.0.4), for readers that do not ask for OpenMetrics.

/// The same metrics as `openmetrics`, which this crate's encoder wrote. The formats differ in their
/// comments: here `# TYPE` and `# HELP` have the name of the sample, with `_total` or `_info`, and
/// there is no unit and no end mark.
pub(super) fn plain(openmetrics: &str) -> String {
    let mut text = String::with_capacity(openmetrics.len());
    let mut help = None;
    for line in openmetrics.lines() {
        if let Some(told) = line.strip_prefix("# HELP ") {
            help = Some(told);
        } else if let Some(told) = line.strip_prefix("# TYPE ") {
            describe(&mut text, help.take(), told);
        } else if !line.starts_with("# ") {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

fn describe(text: &mut String, help: Option<&str>, told: &str) {
    let (name, kind) = told.rsplit_once(' ').unwrap_or((told, "untyped"));
    let (suffix, kind) = match kind {
        "counter" => ("_total", kind),
        "info" => ("_info", "gauge"),
        "unknown" => ("", "untyped"),
        _ => ("", kind),
    };
    if let Some((_, help)) = help.and_then(|help| help.split_once(' ')) {
        text.extend(["# HELP ", name, suffix, " ", help, "\n"]);
    }
    text.extend(["# TYPE ", name, suffix, " ", kind, "\n"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_have_the_names_of_the_samples() {
        let openmetrics = "# HELP a_seconds Time.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\n\
            a_seconds_total 1.5\n# HELP b B.\n# TYPE b info\nb_info{x=\"# y\"} 1\n\
            # HELP c C.\n# TYPE c gauge\nc 0\n# EOF\n";
        assert_eq!(
            plain(openmetrics),
            "# HELP a_seconds_total Time.\n# TYPE a_seconds_total counter\na_seconds_total 1.5\n\
            # HELP b_info B.\n# TYPE b_info gauge\nb_info{x=\"# y\"} 1\n\
            # HELP c C.\n# TYPE c gauge\nc 0\n"
        );
    }
}
