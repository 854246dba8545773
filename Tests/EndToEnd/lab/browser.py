"""A real browser without a window, for what people look at."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from selenium import webdriver


@contextmanager
def browser(width: int) -> Iterator[webdriver.Chrome]:
    """Chromium with a page of so many pixels across, as a phone or a screen has."""
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(word)
    metrics = {"width": width, "height": 800, "pixelRatio": 1.0}
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with warnings.catch_warnings():
        # Debian's Selenium knows newer ways to say where the driver is, and only the older one in this version.
        warnings.simplefilter("ignore", DeprecationWarning)
        driver = webdriver.Chrome(options=options, executable_path="/usr/bin/chromedriver")
    try:
        driver.set_page_load_timeout(30)
        yield driver
    finally:
        driver.quit()
