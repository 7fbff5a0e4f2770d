"""One running product and one browser for the folder, a program of its own for each story."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.giving.cast import gather
from tests.journeys.giving.story import Story
from tests.journeys.product import Product, running_product
from tests.walking import chromium


@pytest.fixture(scope="package")
def browser_of_ours() -> Iterator[Browser]:
    """One Chromium for all stories."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def product(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One running product for all stories."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture(scope="package")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go: SHOTS names a folder for a person who looks."""
    folder = Path(os.environ["SHOTS"]) if os.environ.get("SHOTS") else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def story(
    transactional_db: None,
    request: pytest.FixtureRequest,
    product: Product,
    browser_of_ours: Browser,
    axe: str,
    shots: Path,
) -> Iterator[Story]:
    """A story with its people; at its end nothing is under way and every fault is taken away."""
    name = request.node.name.removeprefix("test_").replace("[", "-").replace("]", "")
    told = Story(
        name=name, product=product, cast=gather(product), browser=browser_of_ours, axe=axe, shots=shots
    )
    yield told
    for context in told.contexts:
        context.close()
    product.standin.control("faults", {"clear": True})
    told.told()
