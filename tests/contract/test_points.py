"""What the console promises is what the wallet pays, as shipped."""

import yaml

from ops.config import ROOT


def test_both_services_ship_the_same_points() -> None:
    taxonomy = yaml.safe_load((ROOT / "agent_console/reports/data/taxonomy.yaml").read_text())
    rules = yaml.safe_load((ROOT / "wallet_service/rewards/seeds/rules.yaml").read_text())
    promised = {f"report.{row['code']}": row["reward"] for row in taxonomy["report_categories"]}
    paid = {
        code: terms["points"] if isinstance(terms, dict) else terms
        for code, terms in rules["rules"].items()
        if code.startswith("report.")
    }
    assert "report.support" not in promised  # no category: what following another's report pays
    assert paid.pop("report.support") > 0
    assert paid == promised
