// This chat is switched off at the moment, so nothing is added to the page.
