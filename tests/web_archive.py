"""Web archives of small pages, as a crawler writes them."""

FIRST = "The two sides met in Vienna in May, officials said on Friday and on Saturday &amp; Sunday."
SECOND = "They agreed to meet again in the summer, a spokesman for the <b>hosts</b> told reporters."
MORE = "The delegations will travel to Geneva in July, according to a statement that both signed."


def web_page(title):
    """Return the HTML of a page with an article."""
    body = f"<p>{FIRST}</p><p>{SECOND}</p><p>{MORE}</p>"
    head = f"<head><title>{title}</title></head>"
    return f"<html>{head}<body><h1>{title}</h1>{body}</body></html>".encode()


def warc(*pages, encoding=None, chunked=False, status="200 OK"):
    """Return one record for each page."""
    parts = []
    for number, page in enumerate(pages):
        http = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n".encode()
        http += f"Content-Encoding: {encoding}\r\n".encode() if encoding else b""
        http += b"Transfer-Encoding: chunked\r\n" if chunked else b""
        block = http + b"\r\n" + (in_chunks(page) if chunked else page)
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/{number}\r\n"
            f"WARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Date: 2024-05-03T10:00:00Z\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        )
        parts.append(head.encode() + block + b"\r\n\r\n")
    return parts


def in_chunks(page, size=100):
    """Return bytes as a server sends them when it does not know how many there will be."""
    runs = [page[at : at + size] for at in range(0, len(page), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(run), run) for run in [*runs, b""])
