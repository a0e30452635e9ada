/** Where the set-up of the tests leaves the names of the backends that it started, for what reports their end. */
export const startedVariable = "ASSAY_TEST_STARTED_BACKENDS";
