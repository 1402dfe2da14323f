/** The last ten customers opened in this tab. Session storage only, and emptied on sign-out. */
export type RecentCustomer = { id: string; name: string; openedAt: string };

const STORED = "c360.recent";
const MOST = 10;

export function recentCustomers(): RecentCustomer[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
    return Array.isArray(stored) ? stored : [];
  } catch {
    // Not ours, or half written: as good as empty.
    return [];
  }
}

export function rememberCustomer(customer: RecentCustomer): void {
  const others = recentCustomers().filter((one) => one.id !== customer.id);
  sessionStorage.setItem(STORED, JSON.stringify([customer, ...others].slice(0, MOST)));
}
