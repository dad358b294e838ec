/* Filled in with the pages; every page works without it. */
