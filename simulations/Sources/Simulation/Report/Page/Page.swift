/// What all pages have: one file that needs nothing else, readable on a phone.
enum Page {
    static func html(title: String, body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Markup.escape(title)) - shoal-sim</title>
        <style>\(style)</style>
        </head>
        <body>
        <h1>\(Markup.escape(title))</h1>
        \(body)
        </body>
        </html>

        """
    }

    private static let style = """
        body { font: 16px/1.4 system-ui, sans-serif; max-width: 44rem; margin: 0 auto; padding: 1rem; color: #222; background: #fff;
          overflow-wrap: anywhere }
        table { border-collapse: collapse; margin: 1rem 0 } th { text-align: left; overflow-wrap: normal; font-weight: 600; padding-right: 1rem; vertical-align: top }
        svg { width: 100%; height: auto; margin: 1rem 0 } .title { font-size: 13px; font-weight: 600 } .tick { font-size: 12px; fill: #555 }
        .grid { stroke: #ddd } .wide { overflow-x: auto } td { padding-right: 1rem; vertical-align: top } .mark { stroke: #c0392b; stroke-dasharray: 4 3 }
        """
}
