import { closedForms, type ClosedFormName } from "./closed-forms.ts";
import { discreteFamilies, type DiscreteFamilyName } from "./discrete-families.ts";
import { type Family } from "./family.ts";
import { gammaFamilies, type GammaFamilyName } from "./gamma-families.ts";
import { normalFamilies, type NormalFamilyName } from "./normal-families.ts";

/** The distributions of scipy.stats that a prior may name, beside those that have kinds of their own. */
export type DistributionName =
  ClosedFormName | DiscreteFamilyName | GammaFamilyName | NormalFamilyName;

const all: Readonly<Record<DistributionName, Family>> = {
  ...closedForms,
  ...normalFamilies,
  ...gammaFamilies,
  ...discreteFamilies,
};

/** The families of distributions by name. */
export const families: ReadonlyMap<string, Family> = new Map(Object.entries(all));
